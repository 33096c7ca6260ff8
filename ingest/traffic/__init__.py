"""Raw traffic of a broker, kept in a file and played back: for bug reports and drills.

broker ──▶ record ──▶ recording (gzip of JSON lines) ──▶ replay ──▶ broker
"""
