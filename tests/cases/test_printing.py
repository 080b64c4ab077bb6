"""Printing takes a second of a processor: each view that does it on demand has a bound for each reader."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRINTING = {
    "print_sheets",
    "printed",
    "_printed",
    "_pdf",
    "print_poster",
    "print_slips",
    "printed_or_busy",
    "office_document",
}
"""What views call to have something printed."""

OTHERWISE = {
    "minutes_pdf": "public, bounded by network",
    "manual": "public, bounded by network",
    "draft_file": "a file that was written before",
    "internal": "a file that was written before",
}


def test_s112_every_view_that_prints_on_demand_is_bounded():
    found = {}
    for path in (*ROOT.glob("*/views/*.py"), *ROOT.glob("consult/*/*.py"), *ROOT.glob("consult/*/views/*.py")):
        for one in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(one, ast.FunctionDef) or not any(
                "bp." in ast.unparse(worn) for worn in one.decorator_list
            ):
                continue
            called = {ast.unparse(call.func).split(".")[-1] for call in ast.walk(one) if isinstance(call, ast.Call)}
            if called & PRINTING or any("pdf" in ast.unparse(worn) for worn in one.decorator_list):
                worn = [ast.unparse(worn) for worn in one.decorator_list]
                found[one.name] = any(name.startswith("prints(") for name in worn)
    assert len(found) > 8
    assert {name for name, is_bounded in found.items() if not is_bounded} == set(OTHERWISE), found
