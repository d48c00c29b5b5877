"""Unquoted words mean what people mean by them."""

import math

import pytest

from simulator.experiment.yaml_scalars import number_advice, plain_scalar


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1e-3", 0.001),
        ("1E5", 100000.0),
        (".5", 0.5),
        ("-.5e1", -5.0),
        ("+2", 2),
        ("3.", 3.0),
        ("0.1", 0.1),
        ("0", 0),
        ("-0", 0),
        ("1e+4", 10000.0),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_numbers_are_read_as_people_write_them(text, number):
    value = plain_scalar(text)
    assert value == number
    assert type(value) is type(number)


@pytest.mark.parametrize("text", ["no", "yes", "on", "off", "y", "n", "No", "YES", "On"])
def test_yes_and_no_are_text(text):
    assert plain_scalar(text) == text


@pytest.mark.parametrize(
    "text",
    ["012", "-012", "00", "1:30", "190:20:30", "2024-01-31", "2024-01-31T10:00:00Z", "1_000", "0x1F",
     "0o17", "0b11", "1e", "e5", ".", "-", "+", "1.2.3", "nan", "inf", "=", "<<", "1,5"],
)  # fmt: skip
def test_what_readers_disagree_about_stays_text(text):
    assert plain_scalar(text) == text


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False), ("TRUE", True)])
def test_only_true_and_false_are_booleans(text, value):
    assert plain_scalar(text) is value


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_null(text):
    assert plain_scalar(text) is None


@pytest.mark.parametrize(("text", "value"), [("1e400", math.inf), ("-1e400", -math.inf)])
def test_a_number_beyond_floats_is_infinite(text, value):
    assert plain_scalar(text) == value


def test_special_floats_are_read():
    assert plain_scalar(".inf") == math.inf
    assert plain_scalar("-.Inf") == -math.inf
    assert math.isnan(plain_scalar(".NaN"))


def test_a_number_of_ten_thousand_digits_is_left_alone():
    digits = "9" * 10_000
    assert plain_scalar(digits) == math.inf


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("012", "write 12"),
        ("000", "write 0"),
        ("1_000", "write 1000"),
        ("1,000", "write 1000"),
        ("1:30", "in seconds"),
        ("0x1F", "decimal"),
        ("240s", "unit is part of the key"),
        ("93 °C", "unit is part of the key"),
        ("25 %", "fraction"),
        ("10", "remove the quotes: 10"),
    ],
)
def test_advice_says_how_to_write_the_number(text, hint):
    assert hint in number_advice(text)


@pytest.mark.parametrize("text", ["", "true", "hello", "~"])
def test_what_is_no_number_gets_no_advice(text):
    assert number_advice(text) == ""
