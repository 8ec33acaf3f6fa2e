using Amazon.CDK;
using Migrations;

var app = new App();

new MigrationsStack(app, "FlaskMigrations", new StackProps
{
    Description = "A Flask service with a database, migrated before each new version",
});

app.Synth();
