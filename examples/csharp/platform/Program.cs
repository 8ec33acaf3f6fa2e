using Amazon.CDK;
using CdkFlaskFargate;
using Platform;

var app = new App();
var platformStack = new Stack(app, "FlaskPlatform", new StackProps
{
    Description = "What the Flask services of a team share",
});
var platform = new FlaskPlatform(platformStack, "Platform", new FlaskPlatformProps
{
    Name = "examples",
    Stage = FlaskStage.Ephemeral(),
    InternalLoadBalancer = true,
});

var shop = new ServiceStack(app, "FlaskShop").AddService("Shop", "shop", LoadBalancing.OnPlatform(platform));
shop.DiscoverServices();
var orders = new ServiceStack(app, "FlaskOrders")
    .AddService("Orders", "orders", LoadBalancing.OnPlatform(platform, new PlatformServiceOptions { Internal = true }));
orders.DiscoverableAs("orders");
new ServiceStack(app, "FlaskMailer")
    .AddService("Mailer", "mailer", LoadBalancing.OnPlatform(platform, new PlatformServiceOptions { Route = false }));
// as the app of another repository does it, which knows the name alone
var blogStack = new ServiceStack(app, "FlaskBlog");
var named = FlaskPlatform.FromName(blogStack, "Platform", "examples");
blogStack.AddService("Blog", "blog", LoadBalancing.OnPlatform(named));

app.Synth();
