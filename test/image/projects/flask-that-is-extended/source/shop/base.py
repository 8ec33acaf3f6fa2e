from flask import Flask as Web


class Shop(Web):
    greeting = 'ok'
