"""The web node: API, exchange with peers, and the processes behind them. The only room that knows Django."""
