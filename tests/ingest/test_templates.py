"""Value templates: a path and a few filters, and nothing of a broker is ever evaluated."""

import pytest

from ingest.templates import ABSENT, PLAIN, parse_template


@pytest.mark.parametrize(
    ("text", "document", "value"),
    [
        ("{{ value_json.a.b }}", {"a": {"b": 5}}, 5),
        ("{{ value_json['a'][0] }}", {"a": [7]}, 7),
        ('{{value_json["a b"]|float}}', {"a b": "63.7"}, 63.7),
        ("{{ value_json.a | int }}", {"a": 38.9}, 38),
        ("{{ value_json.a | round(1) }}", {"a": 6.66}, 6.7),
        ("{{ value_json.a | round }}", {"a": 6.66}, 7),
        ("{{ value_json.a | default('x') }}", {}, "x"),
        ("{{ value_json.a | default(5) }}", {}, 5),
        ("{{ value_json.a | default(1.5) }}", {}, 1.5),
        ("{{ value_json.a | d(true) }}", {}, True),
        ("{{ value_json.a | float(0) }}", {"a": "x"}, 0),
        ("{{ value_json.a | float }}", {"a": "x"}, "x"),
        ("{{ value_json.a | float }}", {"a": None}, None),
        ("{{ value_json.a | int }}", {"a": "1e999"}, float("inf")),
        ("{{ value_json.a }}", {}, ABSENT),
        ("{{ value_json.a.b }}", {"a": 5}, ABSENT),
        ("{{ value_json.a[3] }}", {"a": [1]}, ABSENT),
        ("{{ value_json.a | int }}", {"a": [1]}, [1]),
    ],
)
def test_a_path_leads_to_a_value(text: str, document: object, value: object) -> None:
    """Or nowhere, or to a default."""
    template = parse_template(text)

    assert template is not None
    assert template.value(document) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "value",
        "{{ value_json }}",
        "{{ value.a }}",
        "{{ value_json.a.__class__() }}",
        "{{ value_json.a + 1 }}",
        "{{ value_json.a | eval }}",
        "{% if true %}1{% endif %}",
        "{{ ''.__class__ }}",
        "{{ value_json.a }}{{ value }}",
        "{{ value_json.a | default(x) }}",
        "{{ value_json." + "a" * 300 + " }}",
        "{{ states('sensor.x') }}",
    ],
)
def test_anything_else_is_no_template(text: str) -> None:
    """However harmless it looks."""
    assert parse_template(text) is None


def test_a_plain_value_is_the_payload() -> None:
    """With a filter, or without a template at all."""
    template = parse_template("{{ value | float }}")

    assert template is not None
    assert (template.path, template.value("5.5"), PLAIN.value("x")) == (None, 5.5, "x")
