GREETING = 'ok'
