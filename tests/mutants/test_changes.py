"""What is changed in a module to see whether its tests bite."""

import ast

import pytest
from mutants.changes import mutants_of


@pytest.mark.parametrize(
    ("text", "change", "becomes"),
    [
        ("a < b", "Lt becomes LtE", "a <= b"),
        ("a < b == c", "Eq becomes NotEq", "a < b != c"),
        ("a is None", "Is becomes IsNot", "a is not None"),
        ("a + b", "Add becomes Sub", "a - b"),
        ("a -= b", "Sub becomes Add", "a += b"),
        ("a and b", "And becomes Or", "a or b"),
        ("f(-a)", "USub becomes UAdd", "f(+a)"),
        ("f(not a)", "not is left out", "f(not not a)"),
        ("f(True)", "True becomes False", "f(False)"),
        ("f(2.5)", "2.5 becomes 3.5", "f(3.5)"),
        ("if a:\n    f()", "the condition is turned", "if not a:\n    f()"),
        ("x = a if b else c", "the condition is turned", "x = a if not b else c"),
        ("def f():\n    return a", "nothing is returned", "def f():\n    return None"),
    ],
)
def test_a_mutant_changes_one_thing(mutated, text, change, becomes):
    assert mutated(text)[change] == becomes


@pytest.mark.parametrize(
    "text",
    [
        "x: int | None = y",
        "def f(a: int | float) -> Literal[1]:\n    pass",
        "@dataclass(frozen=True)\nclass A:\n    pass",
        "zip(a, b, strict=True)",
        "a = field(repr=False)",
        "if TYPE_CHECKING:\n    import a",
        "'text' + a",
        "f'{a}' * b",
        "a.reshape(-1, n)",
        "@lru_cache(maxsize=8)\ndef f():\n    pass",
        "g = lru_cache(maxsize=8)(f)",
    ],
)
def test_what_no_test_could_notice_is_left_alone(mutated, text):
    assert mutated(text) == {}


def test_every_mutant_is_another_module(root):
    file = "simulator/autodiff/folding.py"
    before = ast.unparse(ast.parse((root / file).read_text("utf-8")))
    texts = [mutant.text(root) for mutant in mutants_of(root, file)]
    assert before not in texts
    assert len(texts) == len(set(texts))


def test_a_mutant_knows_the_lines_that_run_it(tmp_path):
    (tmp_path / "m.py").write_text("if (a and\n        b):\n    x = f(1,\n          y + z)\n")
    lines = {mutant.change: mutant.lines for mutant in mutants_of(tmp_path, "m.py")}
    assert lines["And becomes Or"] == lines["the condition is turned"] == range(1, 3)
    assert lines["Add becomes Sub"] == lines["1 becomes 2"] == range(3, 5)
