"""Sparkplug B's payload as protobuf: only the fields that are read, by their numbers in the specification.

Payload ─▶ metrics ─▶ properties (for Quality)
"""

from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE: Final = "sky_eye.sparkplug"
_FIELD = descriptor_pb2.FieldDescriptorProto
_KINDS: Final = {
    "uint32": _FIELD.TYPE_UINT32, "uint64": _FIELD.TYPE_UINT64, "bool": _FIELD.TYPE_BOOL,
    "float": _FIELD.TYPE_FLOAT, "double": _FIELD.TYPE_DOUBLE, "string": _FIELD.TYPE_STRING, "bytes": _FIELD.TYPE_BYTES,
}  # fmt: skip
_MESSAGES: Final[dict[str, list[tuple[int, str, str, bool]]]] = {
    "Value": [
        (1, "type", "uint32", False), (2, "is_null", "bool", False), (3, "int_value", "uint32", False),
        (4, "long_value", "uint64", False), (5, "float_value", "float", False), (6, "double_value", "double", False),
        (7, "boolean_value", "bool", False), (8, "string_value", "string", False),
    ],
    "Properties": [(1, "keys", "string", True), (2, "values", "Value", True)],
    "Metric": [
        (1, "name", "string", False), (2, "alias", "uint64", False), (3, "timestamp", "uint64", False),
        (4, "datatype", "uint32", False), (5, "is_historical", "bool", False), (6, "is_transient", "bool", False),
        (7, "is_null", "bool", False), (9, "properties", "Properties", False), (10, "int_value", "uint32", False),
        (11, "long_value", "uint64", False), (12, "float_value", "float", False), (13, "double_value", "double", False),
        (14, "boolean_value", "bool", False), (15, "string_value", "string", False),
    ],
    "Payload": [
        (1, "timestamp", "uint64", False), (2, "metrics", "Metric", True), (3, "seq", "uint64", False),
        (4, "uuid", "string", False), (5, "body", "bytes", False),
    ],
}  # fmt: skip


VALUES: Final = frozenset("int_value long_value float_value double_value boolean_value string_value".split())


def _payload_class() -> Any:  # noqa: ANN401 - a class that protobuf makes
    file = descriptor_pb2.FileDescriptorProto(name="sky_eye_sparkplug.proto", package=_PACKAGE, syntax="proto2")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        message.oneof_decl.add(name="value") if any(field in VALUES for _, field, *_ in fields) else None
        for number, field, kind, is_many in fields:
            label = _FIELD.LABEL_REPEATED if is_many else _FIELD.LABEL_OPTIONAL
            if kind in _KINDS:
                one_of = {"oneof_index": 0} if field in VALUES else {}
                message.field.add(name=field, number=number, type=_KINDS[kind], label=label, **one_of)
            else:
                whole = f".{_PACKAGE}.{kind}"
                message.field.add(name=field, number=number, type=_FIELD.TYPE_MESSAGE, type_name=whole, label=label)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Payload"))


Payload: Final = _payload_class()
