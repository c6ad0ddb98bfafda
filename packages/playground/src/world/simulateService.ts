import { parseDocument } from 'yaml';
import { ciBot, imageTag, setKustomizationTag, setValuesTag } from '../ci';
import { chartFiles, valuesPath } from './chartFiles';
import { deployFiles, environmentPatch } from './deployFiles';
import { endings } from './endings';
import { History } from './History';
import { peopleOf, type SamplePerson } from './people';
import { Random } from './Random';
import {
  imageOf,
  type SampleEnvironment,
  type SampleService,
} from './sampleServices';
import { functionFor, modulePath, sourceFiles } from './sourceFiles';
import { hotfixes, settings, Subjects } from './subjects';
import { workday } from './workday';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = 90;

type Action = (at: number) => void;

/** The ninety days of one service: its history, and what happens when. */
export class ServiceSimulation {
  readonly history = new History();
  readonly random: Random;
  readonly #service: SampleService;
  readonly #people: SamplePerson[];
  readonly #start: number;
  readonly #end: number;
  #plan: Array<{ at: number; act: Action }> = [];
  readonly #subjects: Subjects;
  #releases = 0;
  /** The newest commit that is in an image, and its run number. */
  #source = { revision: '', run: 0 };
  #pullNumber = 0;
  /** Production was reverted, so nothing is promoted there until the hotfix is. */
  #held = false;
  #variables: Record<string, string> = { LOG_LEVEL: 'info' };
  /** Main before the newest promotion to production. */
  beforePromotion: string | undefined;

  constructor(service: SampleService, now: number) {
    this.#service = service;
    this.#people = peopleOf(service.team);
    this.random = new Random(service.name);
    this.#subjects = new Subjects(this.random);
    const today = Math.floor(now / DAY) * DAY;
    this.#start = today - DAYS * DAY;
    // The last day belongs to the ending, if the service has one of its own.
    const ending = endings[service.name];
    this.#end = now - (ending ? 28 * HOUR : 40 * MINUTE);
  }

  /** Lives through all the days. */
  run(now: number): void {
    this.#begin();
    for (let day = 1; day <= DAYS; day += 1) this.#planDay(day);
    this.#work(this.#end);
    const ending = endings[this.#service.name];
    if (ending) {
      this.#plan = [];
      for (const [ago, act] of ending) {
        this.#schedule(now - ago * HOUR, at => act(this, at));
        this.#work(now);
      }
    }
  }

  #begin(): void {
    const { name, engine } = this.#service;
    const tag = `${this.#service.version}.0`;
    const files = {
      ...sourceFiles(this.#service),
      ...deployFiles(this.#service, tag),
      ...(engine === 'flux-helmrelease' && chartFiles(this.#service, tag)),
    };
    const at = this.#start + 9 * HOUR;
    this.history.commit({
      message: `feat: move ${name} to a repository of its own`,
      author: this.#people[0],
      at,
      files,
    });
    this.#remember();
    this.#schedule(at + 5 * MINUTE, when => this.build(when));
    this.#schedule(at + HOUR, when => this.promote('staging', when));
    this.#schedule(at + 3 * HOUR, when => this.promote('production', when));
  }

  #planDay(day: number): void {
    const midnight = this.#start + day * DAY;
    const { random } = this;
    for (const { at, kind } of workday({
      random,
      midnight,
      pace: this.#service.pace,
    })) {
      this.#schedule(at, when => {
        if (kind === 'change') this.change(when);
        else if (kind === 'staging') this.promote('staging', when);
        else if (kind === 'release') this.#release(when);
        else this.#configure(when);
      });
    }
  }

  #schedule(at: number, act: Action): void {
    this.#plan.push({ at, act });
    this.#plan.sort((a, b) => a.at - b.at);
  }

  /** Does what is planned up to a time; what is done may plan more. */
  #work(until: number): void {
    while (this.#plan.length > 0 && this.#plan[0].at <= until) {
      const next = this.#plan.shift();
      if (!next) return;
      // No two commits at one time, so that they never trade places in a log.
      next.act(Math.max(next.at, this.history.lastAt + 20_000));
    }
  }

  /** Somebody changes the source, directly or by a pull request; CI follows. */
  change(
    at: number,
    given?: { subject: string; files?: Record<string, string | undefined> },
  ): void {
    const { random } = this;
    const author = random.pick(this.#people);
    const edit = () => {
      const module = random.pick(this.#service.modules);
      const subject = given?.subject ?? this.#subjects.next(module);
      const path = modulePath(this.#service, module);
      const code = functionFor(this.#service, subject.replace(/^\w+: /, ''));
      return {
        subject,
        files: { [path]: `${this.history.read(path)}${code}`, ...given?.files },
      };
    };
    if (given || !random.chance(this.#service.pace.pulls)) {
      const { subject: message, files } = edit();
      const authoredAt = at - random.between(0.1, given ? 0.3 : 5) * HOUR;
      this.history.commit({ message, author, at, authoredAt, files });
    } else {
      this.#pull(at, author, edit);
    }
    this.#remember();
    const minutes = random.between(2, 7);
    this.#schedule(at + minutes * MINUTE, when => this.build(when));
  }

  #pull(
    at: number,
    author: SamplePerson,
    edit: () => { subject: string; files: Record<string, string | undefined> },
  ): void {
    const { random } = this;
    const opened = at - random.between(1, 50) * HOUR;
    const count = random.chance(0.3) ? 2 : 1;
    const topic = [];
    // A second commit builds on what the first one left in the file, so each has its own.
    const seen = new Set<string>();
    for (let index = 0; index < count; index += 1) {
      const { subject, files } = edit();
      const [path] = Object.keys(files);
      if (seen.has(path)) continue;
      seen.add(path);
      const authoredAt = opened + (index * (at - opened)) / 3;
      topic.push({
        message: subject,
        author,
        at: at - 2000 + index,
        authoredAt,
        files,
      });
    }
    const slug = topic[0].message
      .replace(/^\w+: /, '')
      .replace(/[^a-z0-9]+/gi, '-')
      .toLowerCase();
    const reviewer = this.#people.find(person => person !== author) ?? author;
    this.#pullNumber += random.chance(0.2) ? 2 : 1;
    this.history.merge(topic, {
      message: `Merge pull request #${this.#pullNumber} from ${
        author.login
      }/${slug}\n\n${topic[0].message}`,
      author: reviewer,
      at,
    });
  }

  #remember(): void {
    const { tip: revision = '', length: run } = this.history;
    this.#source = { revision, run };
  }

  /** CI: the newest commit becomes an image and goes to dev. */
  build(at: number): void {
    const { history } = this;
    const tag = imageTag({
      ...this.#source,
      version: history.read('VERSION'),
      broken: history.has('BROKEN'),
    });
    this.#setTag({ environment: 'dev', tag }, at, {
      author: ciBot,
      message: `deploy(dev): ${imageOf(this.#service)}:${tag}`,
    });
  }

  tagOf(environment: SampleEnvironment): string {
    const text = this.history.read(overlayPath(environment));
    return /newTag: (\S+)/.exec(text)?.[1] ?? '';
  }

  #setTag(
    target: { environment: SampleEnvironment; tag: string },
    at: number,
    commit: { author: { name: string; email: string }; message: string },
  ): string | undefined {
    const { environment, tag } = target;
    if (this.tagOf(environment) === tag) return undefined;
    const path = overlayPath(environment);
    const files: Record<string, string> = {};
    const set = setKustomizationTag(this.history.read(path), tag);
    if (set) files[path] = set.text;
    const values = valuesPath(environment);
    if (this.history.has(values)) {
      const text = setValuesTag(this.history.read(values), tag);
      if (text) files[values] = text;
    }
    return this.history.commit({ ...commit, at, files });
  }

  /** Somebody promotes what the environment before runs. */
  promote(
    environment: 'staging' | 'production',
    at: number,
    options: { note?: string } = {},
  ): string | undefined {
    const tag = this.tagOf(environment === 'staging' ? 'dev' : 'staging');
    const { name } = this.#service;
    const before = this.history.tip;
    const sha = this.#setTag({ environment, tag }, at, {
      author: this.random.pick(this.#people),
      message: `promote(${environment}): ${name} ${tag}${options.note ?? ''}`,
    });
    if (sha && environment === 'production') this.beforePromotion = before;
    return sha;
  }

  /** A promotion to production, which sometimes goes wrong. */
  #release(at: number): void {
    if (this.#held) return;
    const previous = this.tagOf('production');
    const sha = this.promote('production', at);
    if (!sha) return;
    // Counted, not drawn: every service has its share, whatever today's date is.
    this.#releases += 1;
    const every = Math.round(1 / this.#service.pace.failures);
    if (this.#releases % every !== 2 % every) return;
    const { random } = this;
    const name = `promote(production): ${this.#service.name} ${this.tagOf(
      'production',
    )}`;
    this.#held = true;
    const reverted = at + random.between(0.4, 4) * HOUR;
    this.#schedule(reverted, when => {
      this.#setTag({ environment: 'production', tag: previous }, when, {
        author: random.pick(this.#people),
        message: `Revert "${name}"\n\nThis reverts commit ${sha}.`,
      });
      this.#repair(when);
    });
  }

  /** The way back after a revert: a hotfix that goes through all environments at once. */
  #repair(at: number): void {
    const { random } = this;
    const fixed = at + random.between(0.5, 3) * HOUR;
    const subject = random
      .pick(hotfixes)
      .replace('%', random.pick(this.#service.modules));
    this.#schedule(fixed, when =>
      this.change(when, { subject: `hotfix: ${subject}` }),
    );
    this.#schedule(fixed + 20 * MINUTE, when => this.promote('staging', when));
    this.#schedule(fixed + 45 * MINUTE, when => {
      this.promote('production', when, { note: ' (hotfix)' });
      this.#held = false;
    });
  }

  /** Production changes without a new image: replicas or a variable. */
  #configure(at: number): void {
    const { random } = this;
    const author = random.pick(this.#people);
    if (random.chance(0.4)) {
      const path = overlayPath('production');
      const text = this.history.read(path);
      const count = /count: (\d+)/.exec(text)?.[1] === '2' ? 3 : 2;
      const message = `chore(production): run ${count} replicas of ${
        this.#service.name
      }`;
      const files = { [path]: text.replace(/count: \d+/, `count: ${count}`) };
      const values = valuesPath('production');
      if (this.history.has(values)) {
        files[values] = this.history
          .read(values)
          .replace(/replicaCount: \d+/, `replicaCount: ${count}`);
      }
      this.history.commit({ message, author, at, files });
      return;
    }
    const { name, values } = random.pick(settings);
    const others = values.filter(value => value !== this.#variables[name]);
    const value = random.pick(others);
    this.#variables = { ...this.#variables, [name]: value };
    const path = 'deploy/overlays/production/environment.yaml';
    const files: Record<string, string> = {
      [path]: environmentPatch(this.#service, this.#variables),
    };
    if (this.history.has(valuesPath('production'))) {
      const document = parseDocument(
        this.history.read(valuesPath('production')),
      );
      document.setIn(['env', name], value);
      files[valuesPath('production')] = document.toString();
    }
    const message = `chore(production): set ${name} to ${value}`;
    this.history.commit({ message, author, at, files });
  }
}

function overlayPath(environment: SampleEnvironment): string {
  return `deploy/overlays/${environment}/kustomization.yaml`;
}
