def price_of(thing):
    return len(thing)
