import { Template } from 'aws-cdk-lib/assertions';
import { FlaskRepository, type FlaskRepositoryProps } from '../../src';
import { only, testStack } from '../util/test-stack';

// A year of pushes, releases and rollbacks against the lifecycle rules, as Amazon ECR documents to evaluate them: rules in the order of their priority; a rule
// takes the images that have a tag for each pattern of its list; what a rule takes, no later rule expires.

interface Rule {
  readonly selection: {
    readonly tagStatus: 'tagged' | 'untagged' | 'any';
    readonly tagPatternList?: string[];
    readonly countType: 'imageCountMoreThan' | 'sinceImagePushed';
    readonly countNumber: number;
  };
}

interface Image {
  readonly digest: number;
  readonly pushed: number;
  tags: string[];
}

function rulesOf(props: FlaskRepositoryProps): Rule[] {
  const stack = testStack();
  new FlaskRepository(stack, 'Repository', props);
  const policy = only(Template.fromStack(stack), 'AWS::ECR::Repository').Properties.LifecyclePolicy as
    | { LifecyclePolicyText: string }
    | undefined;
  return policy ? (JSON.parse(policy.LifecyclePolicyText) as { rules: Rule[] }).rules : [];
}

function expired(images: Image[], rules: Rule[], today: number): Set<Image> {
  const taken = new Set<Image>();
  const gone = new Set<Image>();
  for (const { selection } of rules) {
    const matches = (pattern: string, tag: string) => new RegExp(`^${pattern.replace(/[.]/g, '\\.').replace(/\*/g, '.*')}$`).test(tag);
    const chosen = images
      .filter((image) => !taken.has(image))
      .filter(({ tags }) =>
        selection.tagStatus === 'any'
          ? true
          : selection.tagStatus === 'untagged'
            ? tags.length === 0
            : tags.length > 0 && (selection.tagPatternList ?? []).every((pattern) => tags.some((tag) => matches(pattern, tag))),
      )
      .sort((a, b) => b.pushed - a.pushed);
    for (const [index, image] of chosen.entries()) {
      taken.add(image);
      const isOver =
        selection.countType === 'imageCountMoreThan' ? index >= selection.countNumber : today - image.pushed >= selection.countNumber;
      if (isOver) {
        gone.add(image);
      }
    }
  }
  return gone;
}

/** Every day four builds of pull requests and two of main; a release every tenth day, but none from day 120 to 300; each fifth release is rolled back. */
function year(rules: Rule[], movesLatest: boolean): { readonly lost: string[]; readonly kept: number } {
  let images: Image[] = [];
  const lost: string[] = [];
  let digest = 0;
  let running: Image | undefined;
  let before: Image | undefined;
  const push = (today: number, ...tags: string[]) => {
    if (movesLatest) {
      for (const image of images) {
        image.tags = image.tags.filter((tag) => tag !== 'latest');
      }
    }
    const image = { digest: digest++, pushed: today, tags };
    images.push(image);
    return image;
  };
  for (let today = 0; today < 365; today += 1) {
    for (let build = 0; build < 4; build += 1) {
      push(today, `pr-${today}-${build}`);
    }
    push(today, ...(movesLatest ? ['latest'] : [`c${today}a`]));
    push(today, `c${today}b`);
    const isRelease = today % 10 === 0 && !(today > 120 && today < 300);
    if (isRelease) {
      // with a moving tag what is released is whatever has it now
      [before, running] = [running, push(today, movesLatest ? 'latest' : `v${today}`)];
      if (today % 50 === 40 && before) {
        running = before;
      }
    }
    const gone = expired(images, rules, today);
    images = images.filter((image) => !gone.has(image));
    for (const [what, image] of [
      ['runs', running],
      ['is the way back', before],
    ] as const) {
      if (image && !images.includes(image)) {
        lost.push(`day ${today}: the image that ${what}`);
      }
    }
  }
  return { lost, kept: images.length };
}

test.each<[string, FlaskRepositoryProps, boolean]>([
  ['the defaults', {}, false],
  ['a rule for releases and one for previews', { releaseTags: ['v*'], previewTags: ['pr-*'] }, false],
  ['a tag that moves', { mutableTags: ['latest'], previewTags: ['pr-*'] }, true],
])('a year with %s loses no image that a task may need', (_, props, movesLatest) => {
  expect(year(rulesOf(props), movesLatest).lost).toEqual([]);
});

test('the rules for releases and previews leave an eighth of the images', () => {
  const all = year(rulesOf({}), false).kept;
  const { kept } = year(rulesOf({ releaseTags: ['v*'], previewTags: ['pr-*'] }), false);
  expect(all).toBeGreaterThan(2190);
  expect(kept).toBeLessThan(all / 6);
});

test('rules by count and by a day, as they are common, lose what runs: the year can tell', () => {
  const byCount: Rule[] = [{ selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 100 } }];
  expect(year(byCount, false).lost.length).toBeGreaterThan(100);
  const byDay: Rule[] = [{ selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 1 } }];
  expect(year(byDay, true).lost.length).toBeGreaterThan(100);
  expect(year(byDay, false).lost).toEqual([]);
});
