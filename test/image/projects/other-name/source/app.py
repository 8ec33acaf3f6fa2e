import flask

shop = flask.Flask(__name__)


@shop.get('/')
def index():
    return 'ok'
