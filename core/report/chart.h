// Charts as inline SVG for the page of a comparison.
#pragma once
