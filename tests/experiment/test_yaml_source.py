"""Files become trees that know their places; what is not a plain, small config is refused."""

import os
import tracemalloc
from time import process_time

import pytest

from simulator.errors import ConfigError
from simulator.experiment.faults import ConfigFaults
from simulator.experiment.yaml_source import parse_yaml, read_yaml
from simulator.experiment.yaml_tree import Place


def only_fault(text):
    try:
        faults = parse_yaml(text, "cup.yaml").faults
    except ConfigFaults as error:
        faults = error.faults
    assert len(faults) == 1, faults
    return faults[0]


def file_fault(path):
    with pytest.raises(ConfigError) as caught:
        read_yaml(path)
    assert caught.value.exit_code == 2
    assert len(caught.value.faults) == 1
    return caught.value.faults[0]


class TestPlaces:
    def test_a_value_knows_its_line_and_column(self):
        document = parse_yaml("name: a\ntune:\n  time_s: [20, 600]\n")
        assert document.find(("tune", "time_s", 1)).node.place == Place(3, 16)

    def test_a_key_knows_its_line_and_column(self):
        document = parse_yaml("name: a\ntune:\n  time_s: [20, 600]\n")
        assert document.find(("tune", "time_s")).key_place == Place(3, 3)

    def test_columns_count_characters_not_bytes(self):
        document = parse_yaml('{a: "拼配é", b: 1}')
        assert document.find(("b",)).key_place == Place(1, 12)

    @pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028"])
    def test_lines_are_counted_with_every_kind_of_line_break(self, newline):
        document = parse_yaml(f"a: 1{newline}b: 2{newline}c: 3")
        assert document.find(("c",)).node.place == Place(3, 4)
        assert document.line(Place(3, 1)) == "c: 3"

    def test_a_path_that_does_not_exist_leads_to_its_deepest_part(self):
        found = parse_yaml("tune:\n  time_s: 3").find(("tune", "grind_um", "low"))
        assert not found.complete
        assert found.key_place == Place(1, 1)

    def test_the_low_of_a_pair_is_its_first_item(self):
        found = parse_yaml("time_s: [20, 600]").find(("time_s", "low"))
        assert found.complete
        assert found.node.value == 20

    def test_a_byte_order_mark_moves_nothing(self, tmp_path):
        path = tmp_path / "cup.yaml"
        path.write_bytes(b"\xef\xbb\xbfname: a")
        assert read_yaml(path).find(("name",)).key_place == Place(1, 1)


class TestData:
    def test_quotes_make_text(self):
        assert parse_yaml("a: '10'\nb: \"no\"\nc: 10").data() == {"a": "10", "b": "no", "c": 10}

    def test_json_is_read(self):
        text = '{"a": [1, 2.5, true, null, "x"], "b": {"c": 1e-05}}'
        assert parse_yaml(text).data() == {"a": [1, 2.5, True, None, "x"], "b": {"c": 1e-05}}

    def test_characters_that_json_writes_in_two_halves_are_joined(self):
        assert parse_yaml(r'{"a": "\ud83d\ude00"}').data() == {"a": "😀"}

    def test_an_alias_repeats_its_value(self):
        assert parse_yaml("a: &x [1, 2]\nb: *x").data() == {"a": [1, 2], "b": [1, 2]}

    def test_keys_are_text_whatever_they_look_like(self):
        assert parse_yaml("1: a\ntrue: b\n~: c").data() == {"1": "a", "true": "b", "~": "c"}


class TestRefusals:
    def test_a_duplicate_key_names_both_places(self):
        fault = only_fault("seed: 1\ntune:\n  time_s: 1\n  milk_g: 2\n  time_s: 3\n")
        assert (fault.line, fault.column, fault.key) == (5, 3, "tune.time_s")
        assert "line 3, column 3" in fault.problem

    def test_all_duplicates_are_reported_at_once(self):
        document = parse_yaml("a: 1\na: 2\nb: {c: 1, c: 2}")
        assert [fault.key for fault in document.faults] == ["a", "b.c"]

    def test_a_merge_key_is_refused(self):
        fault = only_fault("a: &x {b: 1}\nc: {<<: *x}")
        assert (fault.line, fault.column) == (2, 5)
        assert "merge" in fault.problem

    def test_a_quoted_merge_key_is_only_a_key(self):
        assert parse_yaml('"<<": 1').data() == {"<<": 1}

    @pytest.mark.parametrize(
        "tag", ["!!python/object/apply:os.system", "!!python/name:os", "!!set", "!!str", "!", "!x"]
    )
    def test_tags_are_refused(self, tag):
        fault = only_fault(f"seed: 1\na: {tag} [ls]")
        assert (fault.line, fault.column, fault.key, fault.got) == (2, 4, "a", tag)

    def test_tags_of_collections_are_refused(self):
        assert "tags" in only_fault("a: !!map {b: 1}").problem

    @pytest.mark.parametrize("key", ["&x seed", "!!str seed"])
    def test_a_key_with_a_tag_or_an_anchor_is_refused(self, key):
        fault = only_fault(f"a: 1\n{key}: 1")
        assert (fault.line, fault.remedy) == (2, "write the key alone")

    def test_an_anchor_that_contains_itself_is_refused(self):
        fault = only_fault("a: &x {b: [*x]}")
        assert "contains itself" in fault.problem
        assert (fault.line, fault.column) == (1, 12)

    def test_an_unknown_alias_is_refused(self):
        assert "*x" in only_fault("a: *x").problem

    def test_keys_that_are_no_words_are_refused(self):
        assert "key" in only_fault("? [a, b]\n: 1").problem

    def test_two_documents_are_refused(self):
        assert only_fault("a: 1\n---\nb: 1").line == 2

    @pytest.mark.parametrize("text", ["", "  \n\n", "# only a comment\n", "---\n", "--- \n...\n"])
    def test_an_empty_file_is_refused(self, text):
        fault = only_fault(text)
        assert fault.line is not None
        assert fault.remedy

    @pytest.mark.parametrize("text", ["5", "hello", "[1, 2]", "- a\n- b"])
    def test_anything_but_settings_is_refused(self, text):
        assert "not settings" in only_fault(text).problem

    @pytest.mark.parametrize("escape", [r"\ud83d", r"\ude00 x"])
    def test_half_a_character_is_refused(self, escape):
        assert "half" in only_fault(f'a: "{escape}"').problem


class TestSyntax:
    @pytest.mark.parametrize(
        ("text", "line", "says"),
        [
            ("a: 1\n\tb: 2", 2, "tab"),
            ("name: a: b", 1, "':'"),
            ("a: [1, 2\nb: 3", 2, "[ ]"),
            ("a: {b: 1\nc: 3", 2, "{ }"),
            ("a:\n  - 1\n - 2", 3, "aligned"),
            ("a: 'x\n", 1, "quote"),
            ('a: "\\q"', 1, "\\"),
            ('a: "\\UFFFFFFFF"', 1, "\\U"),
            ("a: @x", 1, "reserves"),
            ("a: %x", 1, "reserves"),
            ("a: - b", 1, "'-'"),
            ("%YAML 3.0\n---\na: 1", 1, "%YAML"),
            ("a: [", 1, "bracket"),
            ("a: b\n c\nd", 3, "':'"),
            ("a: |x\n  b", 1, ""),
        ],
    )
    def test_syntax_errors_name_the_line_and_the_cause(self, text, line, says):
        fault = only_fault(text)
        assert fault.line == line
        assert fault.column is not None
        assert says in fault.problem
        assert fault.remedy
        assert fault.source_line

    @pytest.mark.parametrize(
        ("text", "line", "column"),
        [
            ("a: 1\n\tb: 2", 2, 1),
            ("name: a: b", 1, 8),
            ("a: [1,", 1, 7),
            ("a: [1,\n\n  \n", 1, 7),
            ("a: 'x\n", 1, 6),
            ("a: @x", 1, 4),
        ],
    )
    def test_syntax_errors_point_at_the_column(self, text, line, column):
        fault = only_fault(text)
        assert (fault.line, fault.column) == (line, column)

    def test_a_construct_left_open_tells_where_it_began(self):
        assert "began on line 1" in only_fault("a: [1,\n 2\nb: 3").problem

    def test_what_was_noted_before_a_syntax_error_is_reported_with_it(self):
        with pytest.raises(ConfigFaults) as caught:
            parse_yaml("a: 1\na: 2\nb: [")
        assert [fault.line for fault in caught.value.faults] == [2, 3]

    @pytest.mark.parametrize(("twice", "noted"), [(99, 99), (100, 100), (150, 100)])
    def test_no_more_than_a_hundred_faults_are_noted(self, twice, noted):
        with pytest.raises(ConfigFaults) as caught:
            parse_yaml("".join(f"a{i}: 1\na{i}: 2\n" for i in range(twice)) + "b: [")
        assert len(caught.value.faults) == min(noted + 1, 100)


class TestHostileText:
    BOMBS = (
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)),
        "[" * 60_000,
        "{a: " * 20_000,
        "- " * 60_000,
        "".join(f"a{i}: &a{i} [*a{i - 1}]\n" if i else "a0: &a0 [1]\n" for i in range(500)),
        "- x\n" * 30_000,
        "a: 1\n" * 20_000,
        "x" * 1_000_000,
        "a: '" + "b" * 120_000,
        "? " * 50_000,
        "&a " * 40_000,
        "#" * 120_000,
        "a: \\\n" * 20_000,
    )

    @pytest.mark.parametrize("text", BOMBS, ids=range(len(BOMBS)))
    def test_is_refused_quickly_and_briefly(self, text):
        began = process_time()
        with pytest.raises(ConfigFaults) as caught:
            parse_yaml(text)
        assert process_time() - began < 2  # unbounded, these take minutes or never end
        assert len(str(caught.value)) < 20_000

    def test_an_alias_bomb_is_refused_before_it_takes_memory(self):
        tracemalloc.start()
        with pytest.raises(ConfigFaults):
            parse_yaml(self.BOMBS[0])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 5e6

    def test_twenty_levels_are_the_most(self):
        assert parse_yaml("a: " + "[" * 20 + "]" * 20)
        with pytest.raises(ConfigFaults, match="more than 20 levels"):
            parse_yaml("a: " + "[" * 21 + "]" * 21)

    def test_three_thousand_values_are_the_most(self):
        assert parse_yaml("a:\n" + "- x\n" * 2998)
        with pytest.raises(ConfigFaults, match="more than 3,000 values"):
            parse_yaml("a:\n" + "- x\n" * 2999)

    def test_what_an_alias_repeats_counts_as_values(self):
        text = "a: &a\n" + "- x\n" * 1000 + "b: *a\n"
        assert parse_yaml(text)
        with pytest.raises(ConfigFaults, match="more than 3,000 values"):
            parse_yaml(text + "c: *a\n")

    def test_64_kibibytes_are_the_most(self):
        assert parse_yaml("a: 1 #" + "x" * (64 * 1024 - 6))
        with pytest.raises(ConfigFaults, match="larger than 64 KiB"):
            parse_yaml("a: 1 #" + "x" * (64 * 1024 - 5))

    def test_deep_aliases_count_as_deep(self):
        with pytest.raises(ConfigFaults, match="nested"):
            parse_yaml(
                "".join(f"a{i}: &a{i} [*a{i - 1}]\n" if i else "a0: &a0 [1]\n" for i in range(30))
            )

    @pytest.mark.parametrize("char", ["\0", "\x1b", "\x7f", "\u200b\ufeff", "\ud800", "\ufffe"])
    def test_characters_that_are_no_text_are_refused_in_their_place(self, char):
        fault = only_fault(f"a: 1\nb: x{char}")
        assert fault.line == 2
        assert fault.column >= 5
        assert char[-1] not in str(fault)


class TestFiles:
    def test_a_missing_file_suggests_a_similar_one(self, tmp_path):
        (tmp_path / "house-blend.yaml").write_text("name: a")
        fault = file_fault(tmp_path / "house-blnd.yaml")
        assert "no such file" in fault.problem
        assert "house-blend.yaml" in fault.remedy

    def test_a_folder_is_refused_and_its_configs_are_named(self, tmp_path):
        (tmp_path / "latte.yaml").write_text("name: a")
        fault = file_fault(tmp_path)
        assert "folder" in fault.problem
        assert "latte.yaml" in fault.remedy

    def test_a_file_below_a_file_is_refused(self, tmp_path):
        (tmp_path / "a").write_text("name: a")
        assert "cannot be read" in file_fault(tmp_path / "a" / "b").problem

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
    def test_an_unreadable_file_is_refused(self, tmp_path):
        path = tmp_path / "cup.yaml"
        path.write_text("name: a")
        path.chmod(0)
        assert "cannot be read" in file_fault(path).problem

    @pytest.mark.parametrize("name", ["a\0b", "x" * 300])
    def test_an_impossible_path_is_refused(self, name):
        assert "cannot be read" in file_fault(name).problem

    def test_the_system_s_reason_is_given(self):
        assert file_fault("x" * 300).problem.endswith("File name too long")

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    def test_other_unicode_encodings_are_refused(self, tmp_path, encoding):
        path = tmp_path / "cup.yaml"
        path.write_bytes("name: café".encode(encoding))
        assert file_fault(path).problem

    def test_latin_1_is_refused_at_its_first_foreign_byte(self, tmp_path):
        path = tmp_path / "cup.yaml"
        path.write_bytes("seed: 1\nname: café".encode("latin-1"))
        fault = file_fault(path)
        assert (fault.line, fault.column, fault.got) == (2, 10, "byte 0xe9")
        assert "UTF-8" in fault.remedy

    def test_a_binary_file_is_refused(self, tmp_path):
        path = tmp_path / "cup.yaml"
        path.write_bytes(bytes(range(256)))
        assert file_fault(path).line == 1

    def test_a_huge_file_is_refused_without_reading_it(self, tmp_path):
        path = tmp_path / "cup.yaml"
        with path.open("wb") as stream:
            stream.truncate(10**12)
        assert "larger than" in file_fault(path).problem

    @pytest.mark.parametrize("short", [0, 1])
    def test_the_line_is_named_where_a_file_becomes_too_large(self, tmp_path, short):
        # 64 KiB of lines of eight characters; the last may lack its end.
        text = ("a: 1 #x\n" * (8 * 1024))[: 64 * 1024 - short] + "\n" * 2
        path = tmp_path / "cup.yaml"
        path.write_text(text, newline="")
        lines = 8 * 1024 + 1
        assert file_fault(path).line == lines
        with pytest.raises(ConfigFaults) as told:
            parse_yaml(text)
        assert [fault.line for fault in told.value.faults] == [lines]

    def test_an_endless_device_is_refused(self):
        assert "larger than" in file_fault("/dev/zero").problem


def test_what_is_empty_is_one_value_without_height():
    for text in ("a: []", "a: {}", "a: 1"):
        inner = parse_yaml(text).find(("a",)).node
        assert (inner.size, inner.height) == (1, 0)
    assert parse_yaml("a: [[1], 2]").root.height == 3
    assert parse_yaml("a: [[1], 2]").root.size == 5
