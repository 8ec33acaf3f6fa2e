ANSWER = "ok"
