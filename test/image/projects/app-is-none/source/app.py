from flask import Flask

app = None

if __name__ == "__main__":
    app = Flask(__name__)
    app.run()
