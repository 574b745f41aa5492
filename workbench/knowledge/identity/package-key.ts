// The key of a package where packages are held in a map or a file.

export interface PackageName {
  readonly ecosystem: string;
  readonly name: string;
}

export const packageKey = ({ ecosystem, name }: PackageName): string => `${ecosystem}\u0000${name}`;
