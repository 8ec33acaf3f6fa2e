from flask import Flask

if (app := Flask(__name__)).debug:
    app.logger.info('debugging')


@app.get('/')
def index():
    return 'ok'
