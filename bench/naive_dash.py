"""The wall as a first attempt would build it, to measure ours against.

    python -m bench.naive_dash FOLDER PORT DASH_PORT

Every message is concatenated to one frame; a `dcc.Interval` of one second asks the server for the newest value.
"""

import json
import logging
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from dash import Dash, Input, Output, dcc, html
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

FRAME = pd.DataFrame({"asset": ["WX-01"], "quantity": ["temperature"], "value": [-99.0]})


def take(_client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
    """Concatenate one message's readings to the frame."""
    global FRAME  # noqa: PLW0603 - as a first attempt would
    values: dict[str, Any] = json.loads(message.payload)
    rows = [
        {"asset": message.topic.split("/")[1], "quantity": quantity, "value": float(value)}
        for quantity, value in values.items()
        if quantity != "ts"
    ]
    FRAME = pd.concat([FRAME, pd.DataFrame(rows)], ignore_index=True).tail(100_000)


def subscribe(client: mqtt.Client) -> None:
    """Ask for every asset's readings."""
    client.subscribe("street/+/telemetry")


def newest(_ticks: int) -> str:
    """Return the newest temperature."""
    found = FRAME[(FRAME["asset"] == "WX-01") & (FRAME["quantity"] == "temperature")]
    return f"{found['value'].iloc[-1]:.1f}"


def main(arguments: list[str]) -> None:
    """Subscribe and serve."""
    folder, port, own_port = arguments
    secrets = json.loads((Path(folder) / "secrets.json").read_text(encoding="utf-8"))
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="naive", protocol=mqtt.MQTTv311)
    client.username_pw_set("ingest", secrets["ingest"])
    client.on_message = take
    client.on_connect = lambda *_: subscribe(client)
    client.connect("127.0.0.1", int(port))
    client.loop_start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = Dash("naive")
    app.layout = html.Div([html.H1("-", id="value"), dcc.Interval(id="tick", interval=1000)])
    app.callback(Output("value", "children"), Input("tick", "n_intervals"))(newest)
    app.run(port=int(own_port))


if __name__ == "__main__":
    main(sys.argv[1:])
