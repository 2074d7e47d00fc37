import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { UserError } from '../contract/errors.ts';
import { childEnvironment, keyFileOf, loadConfig, outsideEnvironment } from './config.ts';

describe('the configuration', () => {
  it('has a default for everything', () => {
    const config = loadConfig({}, {});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 3480,
      demo: false,
      timeZone: 'UTC',
      data: resolve('data'),
    });
    expect(keyFileOf(config)).toBe(join(resolve('data'), 'secret.key'));
  });

  it('takes flags before variables, and variables before defaults', () => {
    const environment = {
      SYNCLINE_PORT: '4000',
      SYNCLINE_HOST: '0.0.0.0',
      SYNCLINE_DEMO: 'yes',
      SYNCLINE_TIME_ZONE: '',
    };
    expect(loadConfig({ port: '5000' }, environment)).toMatchObject({
      port: 5000,
      host: '0.0.0.0',
      demo: true,
      timeZone: 'UTC',
    });
  });

  it.each([
    [{ port: '70000' }, {}, /^--port: /],
    [{ port: 'x' }, {}, /^--port: say a number/],
    [{}, { SYNCLINE_PORT: '1.5' }, /^SYNCLINE_PORT: /],
    [{}, { SYNCLINE_DEMO: 'perhaps' }, /^SYNCLINE_DEMO: say true or false/],
    [{}, { SYNCLINE_TIME_ZONE: 'Mars/Olympus' }, /^SYNCLINE_TIME_ZONE: is not an IANA time zone/],
    [{}, { SYNCLINE_SECRET_KEY: 'short' }, /^SYNCLINE_SECRET_KEY: use at least 32 characters/],
    [{ publicUrl: 'ftp://x' }, {}, /^--public-url: /],
    [{ logLevel: 'loud' }, {}, /^--log-level: /],
    [{}, { DATABASE_URL: 'mysql://root@127.0.0.1/x' }, /^DATABASE_URL: is not an address such as postgres:/],
  ])('names what is wrong in %j %j', (flags, environment, message) => {
    const attempt = (): unknown => loadConfig(flags, environment);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as UserError);
  });

  it('reaches child processes whole, flags included', () => {
    const config = loadConfig(
      { port: '0', data: '/tmp/somewhere', demo: true },
      { SYNCLINE_TIME_ZONE: 'Europe/Paris' },
    );
    expect(loadConfig({}, childEnvironment(config))).toEqual(config);
  });

  it('does not reach processes that are not ours', () => {
    process.env.SYNCLINE_SECRET_KEY = 'k'.repeat(40);
    try {
      expect(childEnvironment(loadConfig())).toHaveProperty('SYNCLINE_SECRET_KEY');
      expect(Object.keys(outsideEnvironment()).filter((name) => name.startsWith('SYNCLINE_'))).toEqual([]);
      expect(Object.keys(outsideEnvironment())).toContain('PATH');
    } finally {
      delete process.env.SYNCLINE_SECRET_KEY;
    }
  });
});
