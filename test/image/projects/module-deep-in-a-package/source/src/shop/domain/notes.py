def first():
    return 'ok'
