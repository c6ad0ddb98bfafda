import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// The first app of a worker is compiled while the first test waits.
configure({ asyncUtilTimeout: 20_000 });
