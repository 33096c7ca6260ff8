"""Keeping: backups that are examined, restores that are safe, drills that prove both.

store ──▶ backup ──▶ folder/sky-eye-<when>/{street.db | street.dump, keys.json, config.yaml, manifest.json}
                         └──▶ restore ──▶ staged beside the store ──▶ examined ──▶ swapped, the old one kept
"""
