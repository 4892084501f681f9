export interface PackedPackage {
  /** Where its `node_modules` lies. */
  folder: string;
  /** Its own folder in there. */
  home: string;
  remove(): Promise<void>;
}
export interface Measured {
  name: string;
  limit: number;
  size: number;
}
export type Bundle = (packed: PackedPackage, imports: string[]) => Promise<string>;

export function packPackage(): Promise<PackedPackage>;
export const bundlers: { esbuild: Bundle; rollup: Bundle; webpack: Bundle };
export function measureBudgets(packed: PackedPackage): Promise<Measured[]>;
export function brotliSize(code: string | Uint8Array): number;
export function sizeTable(measured: Measured[]): string;
export function sizesIn(readme: string): string | null;
export function withSizes(readme: string, table: string): string;
