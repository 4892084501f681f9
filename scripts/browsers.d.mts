export type BrowserTool = 'chromium' | 'firefox' | 'webkitDriver' | 'miniBrowser' | 'xvfb';
export function findBrowsers(): Record<BrowserTool, string | undefined>;
export function browserPath(tool: BrowserTool): string;
export function installBrowsers(log?: (line: string) => void): string;
