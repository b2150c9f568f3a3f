"""Time-stamp tokens of a time-stamping authority: RFC 3161 with RFC 5816, in CMS (RFC 5652), judged offline."""

from entrepot.document._rfc3161.certificate import read_certificates
from entrepot.document._rfc3161.judge import judge_token

__all__ = ["judge_token", "read_certificates"]
