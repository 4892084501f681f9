export interface Budget {
  name: string;
  limit: number;
  imports?: string[];
  file?: string;
}
export const budgets: Budget[];
