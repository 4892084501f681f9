/** Name and version, as batches say it. */
export const SDK = 'beaconry/0.1.0';
