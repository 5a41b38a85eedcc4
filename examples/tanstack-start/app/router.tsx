import { createRouter } from '@tanstack/react-router';
import { routeTree } from '../.tanstack/routeTree.gen.ts';

export const getRouter = () => createRouter({ routeTree });
