/** Which objects can be taken at once. */
import type { RemoteObject } from '../../../contract/connector.ts';
import type { ReplicatedObject } from '../config.ts';
import { namespaceOf, whyNot } from '../objects.ts';
import { texts } from './texts.ts';

export interface Group {
  label: string;
  objects: RemoteObject[];
}

/** Many at once: custom objects without a package, those of each package, standard ones. Only what can be replicated. */
export function groupsOf(objects: readonly RemoteObject[]): Group[] {
  const fit = objects.filter((object) => whyNot(object) === null);
  const packages = [...new Set(fit.map(({ name }) => namespaceOf(name)))].filter(Boolean).sort();
  const custom = fit.filter((object) => object.custom && namespaceOf(object.name) === '');
  const standard = fit.filter((object) => !object.custom && namespaceOf(object.name) === '');
  const ofPackage = (name: string): Group => {
    const found = fit.filter((object) => namespaceOf(object.name) === name);
    return { label: texts.allOf(name, found.length), objects: found };
  };
  const groups = [
    { label: texts.allStandard(standard.length), objects: standard },
    { label: texts.allCustom(custom.length), objects: custom },
    ...packages.map(ofPackage),
  ];
  return groups.filter((group) => group.objects.length > 0);
}

export function searched(objects: readonly RemoteObject[], words: string): RemoteObject[] {
  const wanted = words.trim().toLowerCase();
  return objects.filter(({ name, label }) => `${name} ${label}`.toLowerCase().includes(wanted));
}

export function withObjects(chosen: readonly ReplicatedObject[], added: readonly RemoteObject[]): ReplicatedObject[] {
  const names = new Set(chosen.map(({ name }) => name));
  const fit = added.filter((object) => !names.has(object.name) && whyNot(object) === null);
  return [...chosen, ...fit.map(({ name, label }) => ({ name, label }))];
}
