"""Write down, in the transaction of a change, which cases the index must look at again."""


def connect() -> None:
    """Connect the signal receivers of the outbox, the only ones in the product besides the guards."""
