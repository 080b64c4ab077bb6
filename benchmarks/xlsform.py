"""How long a questionnaire of 100 questions takes from an uploaded workbook to something that can be asked.

.venv/bin/python -m benchmarks.xlsform [--rounds 20]
"""

import argparse
import time
from statistics import median

QUESTIONS = 100


def markdown():
    rows = [
        "| survey |",
        "| | type | name | label::Polski (pl) | label::English (en) | label::Українська (uk) | relevant |",
    ]
    for n in range(QUESTIONS):
        if n % 5 == 0:
            rows.append(f"| | begin_group | g{n} | Część {n} | Part {n} | Частина {n} | |")
        rule = f"${{q{n - 5}}} = '1'" if n >= 5 and n % 2 else ""
        rows.append(f"| | select_one five | q{n} | Pytanie {n}? | Question {n}? | Запитання {n}? | {rule} |")
        if n % 5 == 4:
            rows.append("| | end_group | | | | | |")
    rows += [
        "| choices |",
        "| | list_name | name | label::Polski (pl) | label::English (en) | label::Українська (uk) |",
    ]
    rows += [f"| | five | {n} | odpowiedź {n} | answer {n} | відповідь {n} |" for n in range(1, 6)]
    rows += ["| settings |", "| | form_title | form_id |", "| | Pomiar | pomiar |"]
    return "\n".join(rows).encode()


def timed(work, rounds):
    """The median of some rounds in milliseconds, and what the work gave."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        result = work()
        times.append((time.perf_counter() - begin) * 1000)
    return median(times), result


def main(rounds):
    from surveys import reading, sheets
    from surveys.questionnaire import Questionnaire

    book = sheets.to_xlsx(sheets.read(markdown(), "form.md"))
    read_ms, read = timed(lambda: sheets.read(book, "form.xlsx"), rounds)
    define_ms, definition = timed(lambda: reading.definition(read), rounds)
    xform_ms, _xform = timed(lambda: sheets.to_xform(read, "pomiar", "1"), rounds)
    answers = {f"q{n}": "1" for n in range(QUESTIONS)}
    asking = Questionnaire(definition)
    settle_ms, _settled = timed(lambda: asking.settled(answers), rounds * 10)
    print(f"{QUESTIONS} questions in three languages, {len(book) / 1024:.0f} kB of xlsx, median of {rounds} rounds")
    print(f"workbook → sheets       {read_ms:8.1f} ms")
    print(f"sheets → definition     {define_ms:8.1f} ms  (every rule compiled and tried, pages split)")
    print(f"together                {read_ms + define_ms:8.1f} ms  (aim: 300 ms)")
    print(f"sheets → XForm          {xform_ms:8.1f} ms  (pyxform)")
    print(f"all answers checked     {settle_ms:8.3f} ms  (48 rules asked, at every submission)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    main(parser.parse_args().rounds)
