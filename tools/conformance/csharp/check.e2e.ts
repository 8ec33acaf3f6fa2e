/** That the check of C# sources finds what is wrong, and nothing else: `npx projen conformance:csharp-check`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Assembly, SchemaVersion, TypeKind } from '@jsii/spec';
import { completeCsharp } from '../../docs/complete-csharp';
import { Api } from './api';
import { checkProject } from './check';
import { programOf } from './docs';
import { checkNames } from './names';

const string = { primitive: 'string' } as const;
const of = (fqn: string) => ({ fqn });
const member = (name: string, type: object, more: object = {}) => ({ name, type, immutable: true, ...more });

/** A package with one type of each kind that the check knows. */
const SHOP = {
  schema: SchemaVersion.LATEST,
  name: 'shop',
  targets: { dotnet: { namespace: 'Shop' } },
  submodules: { 'shop.parts': { targets: { dotnet: { namespace: 'Shop.Parts' } } } },
  types: {
    'shop.Props': {
      kind: TypeKind.Interface,
      datatype: true,
      name: 'Props',
      fqn: 'shop.Props',
      assembly: 'shop',
      properties: [
        member('name', string),
        member('count', { primitive: 'number' }, { optional: true }),
        member('color', of('shop.Color'), { optional: true }),
        member('tags', { collection: { kind: 'map', elementtype: string } }, { optional: true }),
        member('parts', { collection: { kind: 'array', elementtype: of('shop.parts.IPart') } }, { optional: true }),
        member('old', string, { optional: true, docs: { deprecated: 'use name' } }),
      ],
    },
    'shop.Shop': {
      kind: TypeKind.Class,
      name: 'Counter',
      fqn: 'shop.Shop',
      assembly: 'shop',
      initializer: {
        parameters: [
          { name: 'id', type: string },
          { name: 'props', type: of('shop.Props'), optional: true },
        ],
      },
      properties: [member('url', string), member('counter', string), member('title', string, { immutable: false })],
      methods: [
        {
          name: 'sell',
          parameters: [
            { name: 'part', type: of('shop.parts.IPart') },
            { name: 'labels', type: string, variadic: true },
          ],
        },
        { name: 'open', static: true, returns: { type: of('shop.Shop') } },
      ],
    },
    'shop.Color': { kind: TypeKind.Enum, name: 'Color', fqn: 'shop.Color', assembly: 'shop', members: [{ name: 'DARK_RED' }] },
    'shop.Path': { kind: TypeKind.Enum, name: 'Path', fqn: 'shop.Path', assembly: 'shop', members: [{ name: 'MAIN' }] },
    'shop.parts.IPart': { kind: TypeKind.Interface, name: 'IPart', fqn: 'shop.parts.IPart', assembly: 'shop', namespace: 'parts' },
    'shop.parts.Wheel': {
      kind: TypeKind.Class,
      name: 'Wheel',
      fqn: 'shop.parts.Wheel',
      assembly: 'shop',
      namespace: 'parts',
      interfaces: ['shop.parts.IPart'],
      initializer: {},
    },
    'shop.parts.Color': { kind: TypeKind.Enum, name: 'Color', fqn: 'shop.parts.Color', assembly: 'shop', namespace: 'parts', members: [] },
  },
} as unknown as Assembly;

const api = new Api([SHOP]);

/** The findings on statements, without where they are. */
async function check(
  statements: string,
  usings = 'using System.Collections.Generic;\nusing Shop;\nusing Wheel = Shop.Parts.Wheel;',
): Promise<string[]> {
  const findings = await checkProject(api, [{ name: 'Program.cs', text: `${usings}\n${statements}` }]);
  return findings.map((finding) => finding.replace(/^Program\.cs:\d+: /, ''));
}

const GOOD = [
  'var shop = new Counter_("a", new Props { Name = "b", Count = 1, Color = Color.DARK_RED });',
  'var shop = new Counter_("a"); shop.Title = "t"; shop.Sell(new Wheel(), "one", $"two {shop.Url}");',
  'Counter_.Open().Sell(new Wheel());',
  'Counter_.Open()?.Sell(part: new Wheel());',
  'IProps props = new Props { Name = "b" }; new Counter_(props: props, id: "a");',
  'new Props { Name = true ? null : "b", Tags = new Dictionary<string, string> { ["a"] = "b" }, Parts = new[] { new Wheel() } };',
];
for (const statements of GOOD) {
  test(`fits the API: ${statements}`, async () => assert.deepEqual(await check(statements), []));
}

const BAD: [statements: string, finding: string | RegExp][] = [
  ['var shop = new Counter("a");', 'no type Counter'],
  ['new Counter_();', 'no argument for id: new Counter_()'],
  ['new Counter_("a", new Props { Name = "b" }, 1);', '3 arguments, and 2 are taken: new Counter_("a", new Props { Name = "b" }, 1)'],
  ['new Counter_(1);', 'double is given, and string is asked for: 1'],
  ['new Counter_("a", new Wheel());', 'Shop.Parts.Wheel is given, and Shop.IProps is asked for: new Wheel()'],
  ['new Props { Name = "b", Colour = Color.DARK_RED };', 'no property Colour in Shop.Props'],
  ['new Props { Name = "b", Color = Color.DarkRed };', 'no DarkRed in Shop.Color'],
  ['new Props { Count = 1 };', 'Shop.Props needs Name'],
  ['new Props { Name = "b", Old = "c" };', 'Shop.Props.Old is deprecated'],
  ['new Props { Name = "b", Tags = new Dictionary<string, double> { ["a"] = 1 } };', /IDictionary<string, double> is given/],
  ['new Props { Name = "b", Parts = new[] { "wheel" } };', 'string[] is given, and Shop.Parts.IPart[] is asked for: new[] { "wheel" }'],
  ['new Props { Name = "b", Parts = new List<Wheel>() };', 'jsii takes arrays, not List<Wheel>'],
  ['Counter_.Open().Shut();', 'no Shut in Shop.Counter_'],
  ['var url = Counter_.Url;', 'Shop.Counter_.Url is not static'],
  ['new Counter_("a").Open();', 'Shop.Counter_.Open is static'],
  ['new Counter_("a").Url();', 'Url is no method'],
  ['new IProps();', 'nobody but the package makes a Shop.IProps'],
  ['var a = b;', 'no b'],
  ['foreach (var a in "b") {}', 'not understood by this check: foreach_statement'],
  ['var a = new [] { "b" }; var b = a[0].Url;', 'no Url in string'],
  ['var a = "b"; var b = a[0];', 'no index in string'],
  ['var a = ;', 'not C#'],
];
for (const [statements, finding] of BAD) {
  test(`does not fit: ${statements}`, async () => {
    const findings = await check(statements);
    assert.equal(findings.length, 1, findings.join('\n'));
    assert.match(findings[0], typeof finding === 'string' ? literally(finding) : finding);
  });
}

test('namespaces: unknown ones, and names that two of them have', async () => {
  assert.deepEqual(await check('', 'using Shop.Parts;\nusing Shop.Wheels;'), ['no namespace Shop.Wheels']);
  assert.deepEqual(await check('var red = Color.DARK_RED;', 'using Shop;\nusing Shop.Parts;'), ['Color is Shop.Color or Shop.Parts.Color']);
  assert.deepEqual(await check('', 'using Wheel = Shop.Wheel;'), ['no type Shop.Wheel']);
  assert.deepEqual(await check('new Props { Name = "b", Tags = new Dictionary<string, string>() };', 'using Shop;'), [
    'no type Dictionary without using System.Collections.Generic',
  ]);
});

test('names that implicit usings bring too need an alias', async () => {
  const message = 'Path is Shop.Path or, with implicit usings, one of System: add an alias';
  assert.deepEqual(await check('var main = Path.MAIN;', 'using Shop;'), [message]);
  assert.deepEqual(await check('Path main = Path.MAIN;', 'using Shop;'), [message, message]);
  assert.deepEqual(await check('var main = Path.MAIN;', 'using Shop;\nusing Path = Shop.Path;'), []);
});

test('the classes of the project itself', async () => {
  const own = `
namespace My;
class Branch : Counter_
{
    private readonly string _name;
    public Branch(string id, IProps props = null) : base(id, props)
    {
        _name = Url;
        Rename(this.Title, _nam);
    }
    private void Rename(string title, string name) { Title = titel; }
}`;
  assert.deepEqual(await check(own), ['no _nam', 'no titel']);
});

test('a block of a page: what it takes as given is a field, the rest a body', async () => {
  assert.deepEqual(await check(programOf('using Shop;\nCounter_ shop; // of another page\n\nshop.Title = shop.Url;'), ''), []);
  assert.deepEqual(await check(programOf('using Shop;\nCounter_ shop;\n\nshop.Title = shp;'), ''), ['no shp']);
  assert.deepEqual(await check(programOf('using Shop;\nCounter_ operator;\n\noperator.Title = "a";'), ''), ['not C#']);
});

test('a program with more of the language: its names alone, each in one of the namespaces that it uses', async () => {
  const names = (text: string, usings = 'using Shop;\nusing Shop.Parts;') =>
    checkNames(api, [{ name: 'Page.cs', text: `${usings}\nclass Page { void Block() { ${text} } }` }]);
  assert.deepEqual(await names('var main = Path.MAIN;'), []);
  assert.deepEqual(await names('var main = Lane.MAIN;'), ['Page.cs:3: no Lane']);
  assert.deepEqual(await names('var red = Color.DARK_RED;'), ['Page.cs:3: Color is in Shop and in Shop.Parts']);
  assert.deepEqual(await names('var red = Color.DARK_RED;', 'using Shop;\nusing Shop.Parts;\nusing Color = Shop.Color;'), []);
  assert.deepEqual(await names('var red = Color.DARK_RED;', 'using Shop;'), []);
});

test('what jsii-rosetta leaves out is completed from the imports of the TypeScript', () => {
  const completed = (text: string, typescript = '') => completeCsharp(api, text, typescript);
  const map = 'var tags = new Dictionary<string, Wheel>();';
  assert.equal(completed(`using Shop;\n\n${map}`), `using Shop;\nusing System.Collections.Generic;\n\n${map}`);
  assert.equal(
    completed(map, "import { Wheel as Tyre } from 'shop/parts';"),
    `using System.Collections.Generic;\n${map.replace('Wheel', 'Tyre')}`,
  );
  const two = 'using Shop;\nusing Shop.Parts;\nvar red = Color.DARK_RED;';
  const alias = (namespace: string) => two.replace('var', `using Color = ${namespace}.Color;\nvar`);
  assert.equal(completed(two, "import { Color } from 'shop';"), alias('Shop'));
  assert.equal(completed(two, "import { Color } from 'shop/parts';"), alias('Shop.Parts'));
  assert.equal(completed('using Shop;\nvar main = Path.MAIN;'), 'using Shop;\nusing Path = Shop.Path;\nvar main = Path.MAIN;');
});

const literally = (text: string) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
