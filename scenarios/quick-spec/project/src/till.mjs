export const NAME = 'till';
