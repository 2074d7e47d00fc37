/** Problems of the settings beyond their shape. */
import { codeIssues } from '../../contract/checkCode.ts';
import type { Issue } from '../../contract/errors.ts';
import { makeIssue } from '../../contract/errors.ts';
import { filterConditions, leftSideProblem, needsValue } from '../../contract/filter.ts';
import type { CrmAbility } from '../../contract/form.ts';
import type { CheckScope } from '../../contract/node.ts';
import { columnIssues, configIssue } from '../kit/columns.ts';
import { checkExport } from './checkExport.ts';
import type { CrmConfig } from './config.ts';
import { cursorTemplate, isExport, takesGone } from './config.ts';
import { orderProblem, periodProblem } from './period.ts';
import { untrackable } from './tracking.ts';

export function checkConfig(config: CrmConfig, scope: CheckScope): Issue[] {
  const shared = [...checkConnection(config, scope), ...checkAbilities(config, scope), ...checkCursor(config, scope)];
  if (isExport(config)) return [...shared, ...checkExport(config, scope)];
  if (config.operation === 'deleted') return [...shared, ...checkPeriod(config, scope)];
  const records = config.source === 'population' ? checkPopulation(config, scope) : checkFilter(config, scope);
  return [...shared, ...checkFields(config, scope), ...records, ...checkGone(config, scope)];
}

function checkConnection(config: CrmConfig, scope: CheckScope): Issue[] {
  if (scope.connections === null) return [];
  const found = scope.connections.find((connection) => connection.name === config.connection);
  const place = { nodeId: scope.node.id, path: 'connection' };
  if (!found) return [makeIssue('CONNECTION_MISSING', { name: config.connection }, place)];
  return found.capabilities.includes('crm')
    ? []
    : [makeIssue('CONNECTION_KIND', { name: found.name, kind: found.kind }, place)];
}

/** What this CRM would refuse when the node runs. */
function checkAbilities(config: CrmConfig, scope: CheckScope): Issue[] {
  const found = scope.connections?.find(({ name }) => name === config.connection);
  if (!found?.capabilities.includes('crm')) return [];
  const asked: [boolean, CrmAbility, string, string][] = [
    [
      config.operation === 'import' && config.everything,
      'readsDeleted',
      'everything',
      'this CRM shows no deleted records',
    ],
    [
      config.operation === 'export' && config.export.assignmentRule !== '',
      'assignmentRules',
      'export.assignmentRule',
      'this CRM has none that a write can name',
    ],
  ];
  return asked.flatMap(([wanted, ability, path, reason]) =>
    wanted && !found.capabilities.includes(ability) ? [configIssue(scope, path, reason)] : [],
  );
}

/** Deleted records come with change tracking only. */
function checkGone(config: CrmConfig, scope: CheckScope): Issue[] {
  const reason = takesGone(config) ? untrackable(config) : null;
  return reason === null ? [] : [configIssue(scope, 'index.gone', `change tracking alone tells them, and ${reason}`)];
}

function checkFields(config: CrmConfig, scope: CheckScope): Issue[] {
  const names = config.fields.map((field) => field.name.toLowerCase());
  const repeated = config.fields.flatMap((field, index) =>
    names.indexOf(field.name.toLowerCase()) < index
      ? [configIssue(scope, `fields.${index}.name`, `${field.name} is chosen twice`)]
      : [],
  );
  return config.fields.length === 0
    ? [configIssue(scope, 'fields', 'only the record id will be read; choose the fields you need', 'warning')]
    : repeated;
}

function checkFilter(config: CrmConfig, scope: CheckScope): Issue[] {
  return filterConditions(config.filter).flatMap(({ condition, path }) => [
    ...leftSideIssues(condition.field, `${path}.field`, scope),
    ...(needsValue(condition) ? rightSideIssues(condition.value ?? '', `${path}.value`, scope) : []),
  ]);
}

function rightSideIssues(value: string, path: string, scope: CheckScope): Issue[] {
  if (value.trim() === '')
    return [configIssue(scope, path, 'write a value: JavaScript such as 500, "Berlin" or vars.since')];
  return codeIssues('expression', value, { nodeId: scope.node.id, path, label: 'Value' });
}

function leftSideIssues(field: string, path: string, scope: CheckScope): Issue[] {
  const problem = field === '' ? 'choose a field' : leftSideProblem(field);
  return problem === null ? [] : [configIssue(scope, path, problem)];
}

function checkPopulation({ population }: CrmConfig, scope: CheckScope): Issue[] {
  if (scope.inputs.length === 0)
    return [
      makeIssue(
        'INPUT_MISSING',
        { node: scope.node.label, needed: 'an inbound transition with the ids' },
        place(scope),
      ),
    ];
  if (population.column === '')
    return [configIssue(scope, 'population.column', 'choose the column that holds the remote id')];
  return [
    ...columnIssues(scope, population.column, 'population.column'),
    ...population.keep.flatMap((name) => columnIssues(scope, name, 'population.keep')),
  ];
}

const place = (scope: CheckScope) => ({ nodeId: scope.node.id });

function checkPeriod({ deleted }: CrmConfig, scope: CheckScope): Issue[] {
  if (deleted.period === 'sinceLast') return [];
  const order = orderProblem(deleted);
  if (order !== null) return [configIssue(scope, 'deleted.to', order)];
  return (['from', 'to'] as const).flatMap((name) => {
    const problem = periodProblem(deleted[name]);
    return problem === null ? [] : [configIssue(scope, `deleted.${name}`, problem)];
  });
}

function checkCursor(config: CrmConfig, scope: CheckScope): Issue[] {
  const template = cursorTemplate(config);
  const path = config.operation === 'deleted' ? 'deleted.optionName' : 'index.optionName';
  if (template === null || template.includes('<%')) return [];
  return /^[\w.-]+$/.test(template) ? [] : [configIssue(scope, path, 'use letters, digits and _ or a template')];
}
