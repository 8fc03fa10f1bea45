/// The words of addresses, as data.
enum AddressWords {
    /// The abbreviation, and what it stands for: Publication 28, appendix C (suffixes, secondary units) and section 233 (directions), with
    /// ordinals, and what names of towns begin with.
    static let table = """
        N NORTH NO NTH
        S SOUTH SO STH
        E EAST
        W WEST
        NE NORTHEAST
        NW NORTHWEST
        SE SOUTHEAST
        SW SOUTHWEST
        ALY ALLEY ALLEE ALLY
        ANX ANEX ANNEX ANNX
        ARC ARCADE
        AVE AVENUE AV AVEN AVENU AVN AVNUE
        BYU BAYOU BAYOO
        BCH BEACH
        BND BEND
        BLF BLUFF BLUF
        BLFS BLUFFS
        BTM BOTTOM BOT BOTTM
        BLVD BOULEVARD BOUL BOULV BLV
        BR BRANCH BRNCH
        BRG BRIDGE BRDGE
        BRK BROOK
        BRKS BROOKS
        BG BURG
        BGS BURGS
        BYP BYPASS BYPA BYPAS BYPS
        CP CAMP CMP
        CYN CANYON CANYN CNYN
        CPE CAPE
        CSWY CAUSEWAY CAUSWA
        CTR CENTER CENT CENTR CENTRE CNTER CNTR CEN
        CTRS CENTERS
        CIR CIRCLE CIRC CIRCL CRCL CRCLE
        CIRS CIRCLES
        CLF CLIFF
        CLFS CLIFFS
        CLB CLUB
        CMN COMMON
        CMNS COMMONS
        COR CORNER
        CORS CORNERS
        CRSE COURSE
        CT COURT CRT
        CTS COURTS
        CV COVE
        CVS COVES
        CRK CREEK CK CR
        CRES CRESCENT CRSENT CRSNT
        CRST CREST
        XING CROSSING CRSSNG
        XRD CROSSROAD
        XRDS CROSSROADS
        CURV CURVE
        DL DALE
        DM DAM
        DV DIVIDE DIV DVD
        DR DRIVE DRIV DRV
        DRS DRIVES
        EST ESTATE
        ESTS ESTATES
        EXPY EXPRESSWAY EXP EXPR EXPRESS EXPW
        EXT EXTENSION EXTN EXTNSN
        EXTS EXTENSIONS
        FLS FALLS
        FRY FERRY FRRY
        FLD FIELD
        FLDS FIELDS
        FLT FLAT
        FLTS FLATS
        FRD FORD
        FRDS FORDS
        FRST FOREST FORESTS
        FRG FORGE FORG
        FRGS FORGES
        FRK FORK
        FRKS FORKS
        FT FORT FRT
        FWY FREEWAY FREEWY FRWAY FRWY
        GDN GARDEN GARDN GRDEN GRDN
        GDNS GARDENS GRDNS
        GTWY GATEWAY GATEWY GATWAY GTWAY
        GLN GLEN
        GLNS GLENS
        GRN GREEN
        GRNS GREENS
        GRV GROVE GROV
        GRVS GROVES
        HBR HARBOR HARB HARBR HRBOR
        HBRS HARBORS
        HVN HAVEN
        HTS HEIGHTS HT HGTS
        HWY HIGHWAY HIGHWY HIWAY HIWY HWAY
        HL HILL
        HLS HILLS
        HOLW HOLLOW HLLW HOLLOWS HOLWS
        INLT INLET
        IS ISLAND ISLND
        ISS ISLANDS ISLNDS
        ISLE ISLES
        JCT JUNCTION JCTION JCTN JUNCTN JUNCTON
        JCTS JUNCTIONS JCTNS
        KY KEY
        KYS KEYS
        KNL KNOLL KNOL
        KNLS KNOLLS
        LK LAKE
        LKS LAKES
        LNDG LANDING LNDNG
        LN LANE
        LGT LIGHT
        LGTS LIGHTS
        LF LOAF
        LCK LOCK
        LCKS LOCKS
        LDG LODGE LDGE LODG
        LOOP LOOPS
        MNR MANOR
        MNRS MANORS
        MDW MEADOW
        MDWS MEADOWS MEDOWS
        ML MILL
        MLS MILLS
        MSN MISSION MISSN MSSN
        MTWY MOTORWAY
        MT MOUNT MNT
        MTN MOUNTAIN MNTAIN MNTN MOUNTIN MTIN
        MTNS MOUNTAINS MNTNS
        NCK NECK
        ORCH ORCHARD ORCHRD
        OVAL OVL
        OPAS OVERPASS
        PARK PRK PK PARKS
        PKWY PARKWAY PARKWY PKWAY PKY PARKWAYS PKWYS
        PSGE PASSAGE
        PATH PATHS
        PIKE PIKES
        PNE PINE
        PNES PINES
        PL PLACE
        PLN PLAIN
        PLNS PLAINS
        PLZ PLAZA PLZA
        PT POINT
        PTS POINTS
        PRT PORT
        PRTS PORTS
        PR PRAIRIE PRR
        RADL RADIAL RAD RADIEL
        RNCH RANCH RANCHES RNCHS
        RPD RAPID
        RPDS RAPIDS
        RST REST
        RDG RIDGE RDGE
        RDGS RIDGES
        RIV RIVER RIVR RVR
        RD ROAD
        RDS ROADS
        RTE ROUTE RT
        SHL SHOAL
        SHLS SHOALS
        SHR SHORE SHOAR
        SHRS SHORES SHOARS
        SKWY SKYWAY
        SPG SPRING SPNG SPRNG
        SPGS SPRINGS SPNGS SPRNGS
        SPUR SPURS
        SQ SQUARE SQR SQRE SQU
        SQS SQUARES SQRS
        STA STATION STATN STN
        STRA STRAVENUE STRAV STRAVEN STRAVN STRVN STRVNUE
        STRM STREAM STREME
        ST STREET STR STRT SAINT
        STS STREETS
        SMT SUMMIT SUMIT SUMITT
        TER TERRACE TERR
        TRWY THROUGHWAY
        TRCE TRACE TRACES
        TRAK TRACK TRACKS TRK TRKS
        TRFY TRAFFICWAY
        TRL TRAIL TRAILS TRLS TR
        TRLR TRAILER TRLRS
        TUNL TUNNEL TUNEL TUNLS TUNNELS TUNNL
        TPKE TURNPIKE TRNPK TURNPK TPK
        UPAS UNDERPASS
        UN UNION
        UNS UNIONS
        VLY VALLEY VALLY VLLY
        VLYS VALLEYS
        VIA VIADUCT VDCT VIADCT
        VW VIEW
        VWS VIEWS
        VLG VILLAGE VILL VILLAG VILLG VILLIAGE
        VLGS VILLAGES
        VL VILLE
        VIS VISTA VIST VST VSTA
        WALK WALKS
        WAY WY
        WL WELL
        WLS WELLS
        APT APARTMENT APMT
        STE SUITE SUIT
        RM ROOM
        SPC SPACE
        OFC OFFICE
        BLDG BUILDING BLD
        BSMT BASEMENT
        DEPT DEPARTMENT
        FL FLOOR FLR
        FRNT FRONT
        HNGR HANGAR
        LBBY LOBBY
        LOWR LOWER
        PH PENTHOUSE
        UPPR UPPER
        1ST FIRST
        2ND SECOND
        3RD THIRD
        4TH FOURTH
        5TH FIFTH
        6TH SIXTH
        7TH SEVENTH
        8TH EIGHTH
        9TH NINTH
        10TH TENTH
        11TH ELEVENTH
        12TH TWELFTH
        """

    /// The code, and the names: in full, and as people shorten them.
    static let states = """
        AL:Alabama,Ala
        AK:Alaska,Alas
        AZ:Arizona,Ariz
        AR:Arkansas,Ark
        CA:California,Calif,Cal
        CO:Colorado,Colo
        CT:Connecticut,Conn
        DE:Delaware,Del
        DC:District of Columbia,Washington DC,District Columbia
        FL:Florida,Fla,Flor
        GA:Georgia
        HI:Hawaii
        ID:Idaho
        IL:Illinois,Ill
        IN:Indiana,Ind
        IA:Iowa
        KS:Kansas,Kans,Kan
        KY:Kentucky,Kent
        LA:Louisiana
        ME:Maine
        MD:Maryland
        MA:Massachusetts,Mass
        MI:Michigan,Mich
        MN:Minnesota,Minn
        MS:Mississippi,Miss
        MO:Missouri
        MT:Montana,Mont
        NE:Nebraska,Nebr,Neb
        NV:Nevada,Nev
        NH:New Hampshire,N H
        NJ:New Jersey,N J
        NM:New Mexico,N M,N Mex
        NY:New York,N Y
        NC:North Carolina,N C,N Carolina
        ND:North Dakota,N D,N Dak,N Dakota
        OH:Ohio
        OK:Oklahoma,Okla
        OR:Oregon,Ore,Oreg
        PA:Pennsylvania,Penn,Penna
        RI:Rhode Island,R I
        SC:South Carolina,S C,S Carolina
        SD:South Dakota,S D,S Dak,S Dakota
        TN:Tennessee,Tenn
        TX:Texas,Tex
        UT:Utah
        VT:Vermont
        VA:Virginia,Virg
        WA:Washington,Wash
        WV:West Virginia,W V,W Va,W Virginia
        WI:Wisconsin,Wis,Wisc
        WY:Wyoming,Wyo
        AS:American Samoa
        GU:Guam
        MP:Northern Mariana Islands
        PR:Puerto Rico
        VI:Virgin Islands,US Virgin Islands,United States Virgin Islands
        AA:Armed Forces Americas
        AE:Armed Forces Europe
        AP:Armed Forces Pacific
        """
}
