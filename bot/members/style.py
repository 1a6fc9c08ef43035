"""How the member's page looks: a letter from the club, in the browser's own fonts."""

COLOURS = 6
"""How many colours an emblem may have, `.c0` and on; each stands out from white by 4.5 to 1 or more."""
# It holds no character that HTML writes otherwise: what the browser hashes is what stands here.

STYLE = """
body{margin:0;background:#f3f4f6;color:#16181d;font:17px/1.5 -apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;word-wrap:break-word;overflow-wrap:anywhere}
main{max-width:34em;margin:0 auto;padding:20px 16px 40px}
header{margin-bottom:16px}
.emblem{float:left;width:48px;height:48px;margin-right:12px;border-radius:12px;color:#fff;font-weight:700;line-height:48px;text-align:center}
.c0{background:#0b5d3b}.c1{background:#1d4ed8}.c2{background:#9a3412}.c3{background:#6d28d9}.c4{background:#0e5f76}.c5{background:#9f1239}
h1{margin:0;min-height:48px;padding-top:8px;font-size:21px;line-height:1.3}
h2{margin:0 0 12px;font-size:17px}
p{margin:0 0 12px}
article{clear:both;margin:0 0 16px;padding:16px;border:1px solid #d7dae0;border-radius:12px;background:#fff}
.said{margin-left:32px;background:#e9f2ff;border-color:#c3d9fb}
.text{margin:0;white-space:pre-line;font-size:19px}
.said .text{font-size:17px}
.at,.note,.own{color:#4b5563;font-size:15px}
.at{margin:0 0 8px}
.note{margin:6px 0 14px}
.notice{padding:12px 16px;border-radius:12px;background:#dcf5e4;color:#0a4a2c;font-weight:600}
.wrong{background:#fde3e3;color:#7d1220}
label{display:block;margin-bottom:6px;font-weight:600}
textarea{display:block;box-sizing:border-box;width:100%;padding:10px 12px;border:1px solid #6b7280;border-radius:10px;background:#fff;color:inherit;font:inherit}
button{display:block;width:100%;min-height:48px;padding:10px 16px;border:1px solid #16181d;border-radius:10px;background:#16181d;color:#fff;font:inherit;font-weight:600;cursor:pointer}
.quiet{background:#fff;color:#16181d;border-color:#6b7280}
textarea:focus,button:focus,a:focus{outline:3px solid #1d4ed8;outline-offset:2px}
a{color:#1d4ed8}
form{margin:0 0 16px}
.choices{margin-top:32px;padding-top:20px;border-top:1px solid #d7dae0}
@media (prefers-color-scheme:dark){
body{background:#14161a;color:#eceef2}
article,textarea,.quiet{background:#1e2127;border-color:#4a4f59;color:#eceef2}
.said{background:#1b2a41;border-color:#31496e}
.at,.note,.own{color:#aeb4bf}
.notice{background:#123c27;color:#c9f2d9}.wrong{background:#4d1620;color:#ffd9dc}
button{background:#eceef2;color:#14161a;border-color:#eceef2}.quiet{background:#1e2127;color:#eceef2;border-color:#7b828f}
.choices{border-color:#33373f}a{color:#8ab4ff}
textarea:focus,button:focus,a:focus{outline-color:#8ab4ff}
}
"""
