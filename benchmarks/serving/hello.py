"""The floor: what Flask itself costs."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    return "hello"
