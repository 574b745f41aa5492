// The page of the operator console.
export const CONSOLE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lumen 400 operator console</title>
<link rel="stylesheet" href="/page.css">
</head>
<body>
<header>
<h1>Lumen 400 operator console</h1>
<p id="who" class="faint"></p>
<button id="sign-out" type="button" hidden>Sign out</button>
</header>
<main>
<p id="said" role="status" aria-live="polite" class="faint"></p>
<p id="refused" role="alert" class="error"></p>
<div id="place"></div>
</main>
<script type="module" src="/page.js"></script>
</body>
</html>
`;
