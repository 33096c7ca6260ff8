"""A believable street, and recordings played again. Nothing here is needed where real devices speak.

    roster ──▶ behaviour (what an asset says) ◀── nature (sun, weather, people)
                   │        ▲
                   │      story (faults, and when) ──▶ reports (what people and cameras tell)
                   ▼
    timeline ──▶ speech (dialect) ──▶ play (when) ──▶ broker, or standard output

Everything up to `play` is a pure function of seed and start.
"""
