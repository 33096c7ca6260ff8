"""The duty process (`python -m ingest duty`): what time alone brings, and what leaves the house.

service   one turn a second: clock, escalations, returns, what is late, what ends by itself, notices to channels
plan      where a notice goes, and not before when
message   several notices as one message, as long as its channel bears
robots    what WeCom, DingTalk and Feishu want to be sent, and what their answers mean
mail      the same for SMS gateways and mail servers
wire      the one door out: fixed addresses, no redirects, no proxies
courier   one thread a channel: claim, send, settle
"""
