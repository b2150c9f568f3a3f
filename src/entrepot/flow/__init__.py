"""The use cases: issue, receive, deliver, present, count. The only place that composes rooms; knows no web, no SQL."""
