// Starts the pages: theme, answers, addresses.
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './design/mantine.css';
import './design/tokens.css';
import './design/base.css';
import './design/design.css';
import './design/parts.css';
import './forms/forms.css';
import './shell/shell.css';
import { ThemeProvider } from './design/ThemeProvider.tsx';
import { queryClient } from './query-client.ts';
import { router } from './router.tsx';

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <ThemeProvider>
        <RouterProvider router={router} />
      </ThemeProvider>
    </QueryClientProvider>
  </StrictMode>,
);
