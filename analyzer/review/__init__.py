"""The page on which a coach puts a run right by hand: frames, contacts, scale and names, in a browser.

server : the addresses, and the program that answers them on this machine alone
guard : who is answered: the token, the host, the origin, the size of what is sent
desk : what is open, a clip or a folder of results, and the work that was asked for
wanted : what the page asks for, checked, and written into the files that the rest of the program reads
sight : what the page is told
pictures : single frames of the clip as JPEG
page : the page itself, served as it is
"""
