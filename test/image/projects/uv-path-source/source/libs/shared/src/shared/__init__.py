def word():
    return 'ok'
