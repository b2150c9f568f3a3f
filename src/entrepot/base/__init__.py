"""What every room stands on: money, quantity, time, canonical JSON, digests, findings, errors, records.

Nothing here reads a file, a clock, a network or a random source.
"""
