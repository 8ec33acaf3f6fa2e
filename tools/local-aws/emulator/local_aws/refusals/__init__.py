"""What AWS refuses at the call and ministack accepts, with AWS's code and words, by the API and by CloudFormation alike."""
