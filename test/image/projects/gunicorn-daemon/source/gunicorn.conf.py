daemon = True
