"""The map of the table, for money: see `keys`."""

from chalicelib.kernel.keys import Key, spread


def reconciliation(campaign_id: str) -> Key:
    return Key(f"C#{campaign_id}", "RECONCILED")


def provider_event(event_id: str) -> Key:
    return Key(f"E#{event_id}", "META")


def simulated(about: str) -> Key:
    return Key(f"V#{about}", "BOOKS")


LEDGER_PARTS = 16


def ledger_part(campaign_id: str, part: int) -> str:
    """One part of a campaign's ledger: its order in time is that of the sort keys over all parts."""
    return f"C#{campaign_id}#L#{part:02d}"


def ledger(campaign_id: str, at: str, transaction_id: str) -> Key:
    """`at`: the instant as text."""
    return Key(ledger_part(campaign_id, spread(transaction_id, LEDGER_PARTS)), f"{at}#{transaction_id}")
