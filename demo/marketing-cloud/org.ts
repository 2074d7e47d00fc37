import { Clock } from '../kit/clock.ts';
import { RuleBook } from '../kit/faults.ts';
import { RequestLog } from '../kit/requestLog.ts';
import { centralText } from './extensions/centralTime.ts';
import type { DataExtension } from './extensions/extension.ts';
import { generateExtensions, MADE_AT } from './extensions/generate.ts';
import type { FaultRule } from './faultKinds.ts';
import { ImportDefinitions } from './imports/definitions.ts';
import { ImportRuns } from './imports/runs.ts';
import { Locations } from './locations.ts';
import type { Settings } from './options.ts';
import { AsyncRequests } from './rest/asyncRequests.ts';
import { Tokens } from './rest/rowsetTokens.ts';
import { InstalledPackage } from './signIn/package.ts';
import { Sessions } from './signIn/sessions.ts';
import { Continuations } from './soap/continuations.ts';
import { Work } from './work.ts';

/** One demo organisation: its data extensions, its clock, and everything that stands between a request and them. */
export class Org {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly package: InstalledPackage;
  readonly sessions: Sessions;
  readonly work: Work;
  readonly locations: Locations;
  readonly asyncRequests: AsyncRequests;
  readonly imports: ImportRuns;
  readonly definitions = new ImportDefinitions();
  readonly rowsets = new Tokens();
  readonly continuations = new Continuations();
  readonly faults = new RuleBook<FaultRule>();
  readonly requests = new RequestLog();
  readonly #extensions: DataExtension[];

  /** Throws RangeError when the clock would stand before anything was made. */
  constructor(settings: Settings) {
    this.settings = settings;
    this.clock = new Clock(settings.clock);
    if (this.clock.now() < MADE_AT)
      throw new RangeError(`the clock must not stand before ${new Date(MADE_AT).toISOString()}`);
    this.package = new InstalledPackage(settings.seed);
    this.sessions = new Sessions(this.clock);
    this.work = new Work(settings.workMs);
    this.locations = new Locations(settings.ftpFolder);
    this.asyncRequests = new AsyncRequests(this);
    this.imports = new ImportRuns(this);
    this.#extensions = generateExtensions(settings.seed, settings.subscribers);
  }

  get extensions(): readonly DataExtension[] {
    return this.#extensions;
  }

  extensionsOf(accountId: number): DataExtension[] {
    return this.#extensions.filter((extension) => extension.accountId === accountId);
  }

  /** A data extension of an account by its key in any case; names are not asked. */
  byKey(accountId: number, key: string): DataExtension | undefined {
    const wanted = key.toLowerCase();
    return this.extensionsOf(accountId).find((extension) => extension.key.toLowerCase() === wanted);
  }

  byId(accountId: number, id: string): DataExtension | undefined {
    return this.extensionsOf(accountId).find((extension) => extension.objectId === id.toLowerCase());
  }

  add(extension: DataExtension): void {
    this.#extensions.push(extension);
  }

  remove(extension: DataExtension): void {
    this.#extensions.splice(this.#extensions.indexOf(extension), 1);
  }

  /** What the servers' clock shows now. */
  serverTime(): string {
    return centralText(this.clock.now());
  }

  /** Ends all work under way; nothing of it is written any more. */
  close(): void {
    this.work.close();
  }
}
