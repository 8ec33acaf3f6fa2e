from .base import Shop

site = Shop(__name__)


@site.get('/')
def index():
    return site.greeting
