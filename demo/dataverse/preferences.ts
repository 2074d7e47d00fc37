/** What the header `Prefer` asks for. */
export interface Preferences {
  returnsRepresentation: boolean;
  /** Patterns of the annotations wanted; null: none. */
  annotations: string[] | null;
  pageSize: number | null;
  tracksChanges: boolean;
  continuesOnError: boolean;
}

export function readPreferences(header: string | undefined): Preferences {
  const items: string[] = (header ?? '').match(/[^,"\s=]+(=("[^"]*"|[^,\s]*))?/g) ?? [];
  const settingOf = (name: string): string | undefined =>
    items
      .find((item) => item.toLowerCase().startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .replaceAll('"', '');
  const annotations = settingOf('odata.include-annotations');
  const size = Number(settingOf('odata.maxpagesize'));
  return {
    returnsRepresentation: items.includes('return=representation'),
    annotations: annotations === undefined ? null : annotations.split(',').map((pattern) => pattern.trim()),
    pageSize: Number.isInteger(size) && size > 0 ? size : null,
    tracksChanges: items.includes('odata.track-changes'),
    continuesOnError: items.includes('odata.continue-on-error'),
  };
}

/** Whether an annotation is wanted. A pattern may end in a star. */
export function wants({ annotations }: Preferences, name: string): boolean {
  return (annotations ?? []).some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name,
  );
}

/** What the answer says was heeded. */
export function preferenceHeader(prefer: Preferences): Record<string, string> {
  const applied = [
    ...(prefer.returnsRepresentation ? ['return=representation'] : []),
    ...(prefer.pageSize === null ? [] : [`odata.maxpagesize=${prefer.pageSize}`]),
    ...(prefer.tracksChanges ? ['odata.track-changes'] : []),
    ...(prefer.annotations === null ? [] : [`odata.include-annotations="${prefer.annotations.join(',')}"`]),
  ];
  return applied.length === 0 ? {} : { 'Preference-Applied': applied.join(',') };
}
