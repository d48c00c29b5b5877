"""What is mutated exists, and what is said to be equivalent."""

import mutate
import pytest
from mutants.changes import mutants_of
from mutants.equivalent import without_equivalent

FOLDING = "simulator/autodiff/folding.py"


@pytest.mark.parametrize("part", mutate.PARTS)
def test_every_part_names_modules_and_tests_that_exist(part, root):
    patterns, tests = mutate.PARTS[part]
    assert len(mutate.modules(patterns)) >= len(patterns)
    for option in tests:
        file, _, test = option.rpartition("=")[2].partition("::")
        assert (root / file).exists()
        assert not test or f"def {test}(" in (root / file).read_text("utf-8")


def test_a_pattern_that_names_no_module_is_refused():
    with pytest.raises(SystemExit, match="names no module"):
        mutate.modules(["autodiff/moved.py"])


def test_every_equivalent_mutant_exists_and_says_why(root):
    files = [file for patterns, _ in mutate.PARTS.values() for file in mutate.modules(patterns)]
    every = [mutant for file in files for mutant in mutants_of(root, file)]
    assert len(without_equivalent(every, mutate.EQUIVALENT)) <= len(every)


def test_an_equivalent_mutant_is_not_drawn(root, tmp_path):
    listed = tmp_path / "equivalent.yaml"
    listed.write_text(
        f"- {{file: {FOLDING}, line: 'if a is b:', change: Is becomes IsNot, why: of no account}}"
    )
    every = list(mutants_of(root, FOLDING))
    left = without_equivalent(every, listed)
    assert {(each.line, each.change) for each in every} - {
        (each.line, each.change) for each in left
    } == {("if a is b:", "Is becomes IsNot")}


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("line: gone, change: Is becomes IsNot, why: because", "no such mutant"),
        ("line: 'if a is b:', change: Lt becomes LtE, why: because", "no such mutant"),
        ("line: 'if a is b:', change: Is becomes IsNot, why: ' '", "why is a mutant"),
    ],
)
def test_a_list_that_is_out_of_date_is_refused(root, tmp_path, entry, complaint):
    listed = tmp_path / "equivalent.yaml"
    listed.write_text(f"- {{file: {FOLDING}, {entry}}}")
    with pytest.raises(ValueError, match=complaint):
        without_equivalent(list(mutants_of(root, FOLDING)), listed)
